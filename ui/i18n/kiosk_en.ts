<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="en">
<context>
    <name></name>
    <message id="button.back">
        <source></source>
        <translation>Back</translation>
    </message>
    <message id="button.leave">
        <source></source>
        <translation>Leave</translation>
    </message>
    <message id="button.more">
        <source></source>
        <translation>Something else</translation>
    </message>
    <message id="button.other">
        <source></source>
        <translation>Something else</translation>
    </message>
    <message id="button.again">
        <source></source>
        <translation>Try again</translation>
    </message>
    <message id="button.print_again">
        <source></source>
        <translation>Print again</translation>
    </message>
    <message id="button.done">
        <source></source>
        <translation>Done</translation>
    </message>
    <message id="button.understood">
        <source></source>
        <translation>I understand</translation>
    </message>
    <message id="header.large">
        <source></source>
        <translation>Larger</translation>
    </message>
    <message id="header.contrast">
        <source></source>
        <translation>Contrast</translation>
    </message>
    <message id="header.low">
        <source></source>
        <translation>Lower</translation>
    </message>
    <message id="offline">
        <source></source>
        <translation>No connection: searches are paused, what you confirmed is sent later</translation>
    </message>
    <message id="stepper.where">
        <source></source>
        <translation>Step %1 of %2: %3</translation>
    </message>
    <message id="step.notice">
        <source></source>
        <translation>What is read</translation>
    </message>
    <message id="step.identify">
        <source></source>
        <translation>Your ID card</translation>
    </message>
    <message id="step.scan">
        <source></source>
        <translation>Scan</translation>
    </message>
    <message id="step.review">
        <source></source>
        <translation>Your record</translation>
    </message>
    <message id="step.result">
        <source></source>
        <translation>Result</translation>
    </message>
    <message id="step.commit">
        <source></source>
        <translation>Submit</translation>
    </message>
    <message id="step.print">
        <source></source>
        <translation>Print</translation>
    </message>
    <message id="idle.what">
        <source></source>
        <translation>Look up and print, with your ID card</translation>
    </message>
    <message id="idle.preparing">
        <source></source>
        <translation>Getting ready</translation>
    </message>
    <message id="idle.card_left">
        <source></source>
        <translation>An ID card was left on the reader</translation>
    </message>
    <message id="idle.card_left.do">
        <source></source>
        <translation>If it is not yours, please hand it to the information desk.</translation>
    </message>
    <message id="home.title">
        <source></source>
        <translation>What would you like to do?</translation>
    </message>
    <message id="home.lead">
        <source></source>
        <translation>Touch a service, or search by its initials.</translation>
    </message>
    <message id="tile.needs">
        <source></source>
        <translation>ID card · about %1 min · %2 pages</translation>
    </message>
    <message id="tile.needs.one">
        <source></source>
        <translation>ID card · about %1 min · %2 page</translation>
    </message>
    <message id="tile.needs.code">
        <source></source>
        <translation>The certificate · about %1 min</translation>
    </message>
    <message id="tile.needs.time">
        <source></source>
        <translation>About %1 min</translation>
    </message>
    <message id="search.field">
        <source></source>
        <translation>Search, for example INS</translation>
    </message>
    <message id="search.title">
        <source></source>
        <translation>Find a service</translation>
    </message>
    <message id="search.lead">
        <source></source>
        <translation>Touch letters of its name, such as I N S for insurance.</translation>
    </message>
    <message id="search.close">
        <source></source>
        <translation>Close the search</translation>
    </message>
    <message id="search.erase">
        <source></source>
        <translation>Erase</translation>
    </message>
    <message id="search.nothing">
        <source></source>
        <translation>Nothing found for "%1"</translation>
    </message>
    <message id="search.nothing.do">
        <source></source>
        <translation>Try other letters, or ask: %1, phone %2.</translation>
    </message>
    <message id="scroll.more">
        <source></source>
        <translation>More below</translation>
    </message>
    <message id="consent.lead">
        <source></source>
        <translation>Before we start: what this machine reads, and what for.</translation>
    </message>
    <message id="consent.reads">
        <source></source>
        <translation>What will be read</translation>
    </message>
    <message id="consent.purpose">
        <source></source>
        <translation>What it is for</translation>
    </message>
    <message id="consent.keeps">
        <source></source>
        <translation>How long it is kept</translation>
    </message>
    <message id="consent.result">
        <source></source>
        <translation>What you get</translation>
    </message>
    <message id="consent.agree">
        <source></source>
        <translation>Agree and continue</translation>
    </message>
    <message id="card.title">
        <source></source>
        <translation>Put your ID card on the reader</translation>
    </message>
    <message id="card.lead">
        <source></source>
        <translation>Lay it flat on the lit area and leave it there for 2 seconds.</translation>
    </message>
    <message id="card.title.reading">
        <source></source>
        <translation>Reading your ID card</translation>
    </message>
    <message id="card.lead.reading">
        <source></source>
        <translation>Please do not move the card.</translation>
    </message>
    <message id="card.title.broken">
        <source></source>
        <translation>The card reader is not available</translation>
    </message>
    <message id="card.state.waiting">
        <source></source>
        <translation>Waiting for your card…</translation>
    </message>
    <message id="card.state.again">
        <source></source>
        <translation>Waiting for your card again…</translation>
    </message>
    <message id="card.state.reading">
        <source></source>
        <translation>Reading, about 1 second…</translation>
    </message>
    <message id="card.state.broken">
        <source></source>
        <translation>Waiting for the reader to come back…</translation>
    </message>
    <message id="scan.title.broken">
        <source></source>
        <translation>The scanner is not available</translation>
    </message>
    <message id="scan.lead.broken">
        <source></source>
        <translation>It goes on by itself once it is back.</translation>
    </message>
    <message id="scan.state.waiting">
        <source></source>
        <translation>Waiting for a code…</translation>
    </message>
    <message id="scan.state.broken">
        <source></source>
        <translation>Waiting for the scanner to come back…</translation>
    </message>
    <message id="asking.title">
        <source></source>
        <translation>Looking up your record</translation>
    </message>
    <message id="asking.who">
        <source></source>
        <translation>ID card read</translation>
    </message>
    <message id="committing.title">
        <source></source>
        <translation>Saving your request</translation>
    </message>
    <message id="committing.lead">
        <source></source>
        <translation>Your request is being written to this machine. Please stay.</translation>
    </message>
    <message id="review.title">
        <source></source>
        <translation>Please check your record</translation>
    </message>
    <message id="review.lead">
        <source></source>
        <translation>Print it if it is right. If not, please ask our staff.</translation>
    </message>
    <message id="review.confirm">
        <source></source>
        <translation>Print certificate</translation>
    </message>
    <message id="review.rescan">
        <source></source>
        <translation>Check another</translation>
    </message>
    <message id="review.as_of">
        <source></source>
        <translation>From the responsible office, looked up on %1.</translation>
    </message>
    <message id="review.blocked.do">
        <source></source>
        <translation>You can print as soon as it is back. Or go to: %1.</translation>
    </message>
    <message id="print.title">
        <source></source>
        <translation>Printing</translation>
    </message>
    <message id="print.lead">
        <source></source>
        <translation>Please wait by the paper slot.</translation>
    </message>
    <message id="print.silent">
        <source></source>
        <translation>The printer does not answer. We are checking; please stay.</translation>
    </message>
    <message id="print.give_up">
        <source></source>
        <translation>Stop waiting</translation>
    </message>
    <message id="print.kept">
        <source></source>
        <translation>Your request is saved</translation>
    </message>
    <message id="print.kept.do">
        <source></source>
        <translation>Wait here, or go with your receipt number to: %1, phone %2.</translation>
    </message>
    <message id="print.step.saved">
        <source></source>
        <translation>Request saved</translation>
    </message>
    <message id="print.step.drawn">
        <source></source>
        <translation>Certificate made</translation>
    </message>
    <message id="print.step.printing">
        <source></source>
        <translation>Sending to the printer…</translation>
    </message>
    <message id="print.step.held">
        <source></source>
        <translation>Printing is on hold</translation>
    </message>
    <message id="receipt.label">
        <source></source>
        <translation>Receipt number</translation>
    </message>
    <message id="done.title.sent">
        <source></source>
        <translation>Done</translation>
    </message>
    <message id="done.title.failed">
        <source></source>
        <translation>Not printed</translation>
    </message>
    <message id="done.title.unknown">
        <source></source>
        <translation>We cannot tell whether it printed</translation>
    </message>
    <message id="done.title.none">
        <source></source>
        <translation>Submitted</translation>
    </message>
    <message id="done.lead.sent">
        <source></source>
        <translation>Please take your certificate and your ID card.</translation>
    </message>
    <message id="done.lead.failed">
        <source></source>
        <translation>The certificate did not come out.</translation>
    </message>
    <message id="done.lead.unknown">
        <source></source>
        <translation>The printer was interrupted. Please look at the paper slot.</translation>
    </message>
    <message id="done.lead.none">
        <source></source>
        <translation>Your request is saved.</translation>
    </message>
    <message id="done.banner.sent">
        <source></source>
        <translation>Your certificate is printed</translation>
    </message>
    <message id="done.banner.sent.do">
        <source></source>
        <translation>Anyone can check it by scanning its QR code.</translation>
    </message>
    <message id="done.banner.failed">
        <source></source>
        <translation>Your request is saved, but nothing was printed</translation>
    </message>
    <message id="done.banner.again.do">
        <source></source>
        <translation>The printer works, and you can print again. If it fails once more, go with your receipt number to: %1, phone %2.</translation>
    </message>
    <message id="done.banner.failed.do">
        <source></source>
        <translation>Go with your receipt number to: %1, phone %2. Or try again later.</translation>
    </message>
    <message id="done.banner.unknown">
        <source></source>
        <translation>Please check the paper slot</translation>
    </message>
    <message id="done.banner.unknown.do">
        <source></source>
        <translation>If the certificate is there, take it. If not, go with your receipt number to: %1, phone %2. To avoid doubles, this machine does not print it again by itself.</translation>
    </message>
    <message id="done.banner.none">
        <source></source>
        <translation>Saved</translation>
    </message>
    <message id="done.banner.none.do">
        <source></source>
        <translation>Please note your receipt number.</translation>
    </message>
    <message id="done.delivered">
        <source></source>
        <translation>The office has received it.</translation>
    </message>
    <message id="done.kept_here">
        <source></source>
        <translation>Saved on this machine and on its way to the office; if the line is down it is sent later by itself.</translation>
    </message>
    <message id="rating.ask">
        <source></source>
        <translation>How was this service?</translation>
    </message>
    <message id="rating.thanks">
        <source></source>
        <translation>Thank you for your rating</translation>
    </message>
    <message id="rating.free">
        <source></source>
        <translation>Rating is voluntary.</translation>
    </message>
    <message id="grade.1">
        <source></source>
        <translation>Very good</translation>
    </message>
    <message id="grade.2">
        <source></source>
        <translation>Good</translation>
    </message>
    <message id="grade.3">
        <source></source>
        <translation>Fair</translation>
    </message>
    <message id="grade.4">
        <source></source>
        <translation>Poor</translation>
    </message>
    <message id="grade.5">
        <source></source>
        <translation>Very poor</translation>
    </message>
    <message id="trouble.nothing_submitted">
        <source></source>
        <translation>Nothing was submitted and nothing was printed.</translation>
    </message>
    <message id="trouble.sent">
        <source></source>
        <translation>Please look at the paper slot and take your certificate.</translation>
    </message>
    <message id="trouble.meanings">
        <source></source>
        <translation>What this may mean, and what to do</translation>
    </message>
    <message id="help.who">
        <source></source>
        <translation>Who can help</translation>
    </message>
    <message id="help.where">
        <source></source>
        <translation>%1 · phone %2</translation>
    </message>
    <message id="warning.title">
        <source></source>
        <translation>Are you still there?</translation>
    </message>
    <message id="warning.text">
        <source></source>
        <translation>When the time is up, the visit ends and your details are cleared.</translation>
    </message>
    <message id="warning.printing">
        <source></source>
        <translation>When the time is up, the visit ends and a print that has not begun is cancelled. Your request stays saved.</translation>
    </message>
    <message id="warning.stay">
        <source></source>
        <translation>I am here, go on</translation>
    </message>
    <message id="warning.leave">
        <source></source>
        <translation>End and clear</translation>
    </message>
    <message id="leaving.take_card">
        <source></source>
        <translation>Please take your ID card</translation>
    </message>
    <message id="leaving.take_card.do">
        <source></source>
        <translation>Your card is still on the reader.</translation>
    </message>
    <message id="leaving.goodbye">
        <source></source>
        <translation>Goodbye</translation>
    </message>
    <message id="leaving.wiped">
        <source></source>
        <translation>Your details have been cleared from this screen. Please take your belongings and papers.</translation>
    </message>
    <message id="fault.card.lifted.title">
        <source></source>
        <translation>The card was lifted too soon</translation>
    </message>
    <message id="fault.card.lifted.do">
        <source></source>
        <translation>Put it back and leave it until the screen says it is read.</translation>
    </message>
    <message id="fault.card.unreadable.title">
        <source></source>
        <translation>The card could not be read</translation>
    </message>
    <message id="fault.card.unreadable.do">
        <source></source>
        <translation>Lay it flat on the lit area for 2 seconds, without its cover.</translation>
    </message>
    <message id="fault.card.already_read.title">
        <source></source>
        <translation>Please lift the card first</translation>
    </message>
    <message id="fault.card.already_read.do">
        <source></source>
        <translation>This card was read a moment ago. Lift it and put it down again.</translation>
    </message>
    <message id="fault.card.unsupported.title">
        <source></source>
        <translation>This machine cannot read that card</translation>
    </message>
    <message id="fault.card.unsupported.do">
        <source></source>
        <translation>Use a resident ID card, or go to a counter.</translation>
    </message>
    <message id="fault.card.expired.title">
        <source></source>
        <translation>Your ID card has expired</translation>
    </message>
    <message id="fault.card.expired.do">
        <source></source>
        <translation>An expired card cannot be used. Use a valid one, or go to a counter.</translation>
    </message>
    <message id="fault.card.not_yet_valid.title">
        <source></source>
        <translation>Your ID card is not valid yet</translation>
    </message>
    <message id="fault.card.not_yet_valid.do">
        <source></source>
        <translation>Use a valid card, or go to a counter.</translation>
    </message>
    <message id="fault.card.inconsistent.title">
        <source></source>
        <translation>The details on the card do not agree</translation>
    </message>
    <message id="fault.card.inconsistent.do">
        <source></source>
        <translation>Please go to a counter, where our staff can check them.</translation>
    </message>
    <message id="fault.card.unknown.title">
        <source></source>
        <translation>This machine does not know that card</translation>
    </message>
    <message id="fault.card.unknown.do">
        <source></source>
        <translation>Use a social security card or a resident ID card, or go to a counter.</translation>
    </message>
    <message id="fault.card.wrong_way_round.title">
        <source></source>
        <translation>The card may be the wrong way round</translation>
    </message>
    <message id="fault.card.wrong_way_round.do">
        <source></source>
        <translation>Turn it as the picture beside the slot shows, and put it in again.</translation>
    </message>
    <message id="fault.card.blocked.title">
        <source></source>
        <translation>This card is locked</translation>
    </message>
    <message id="fault.card.blocked.do">
        <source></source>
        <translation>Its issuer can unlock it. You can also go to a counter.</translation>
    </message>
    <message id="fault.reader.absent.title">
        <source></source>
        <translation>The card reader is not available</translation>
    </message>
    <message id="fault.reader.absent.do">
        <source></source>
        <translation>It goes on by itself once it is back. Please tell the hall staff.</translation>
    </message>
    <message id="fault.chip.absent.title">
        <source></source>
        <translation>The card slot is not available</translation>
    </message>
    <message id="fault.chip.absent.do">
        <source></source>
        <translation>It goes on by itself once it is back. Please tell the hall staff.</translation>
    </message>
    <message id="fault.scanner.absent.title">
        <source></source>
        <translation>The scanner is not available</translation>
    </message>
    <message id="fault.scanner.absent.do">
        <source></source>
        <translation>It goes on by itself once it is back. Please tell the hall staff.</translation>
    </message>
    <message id="fault.code.unreadable.title">
        <source></source>
        <translation>The code could not be read</translation>
    </message>
    <message id="fault.code.unreadable.do">
        <source></source>
        <translation>Flatten the paper, hold the QR code before the window, and move it slowly back and forth.</translation>
    </message>
    <message id="fault.code.not_ours.title">
        <source></source>
        <translation>This is not the code of a certificate</translation>
    </message>
    <message id="fault.code.not_ours.do">
        <source></source>
        <translation>Please scan the QR code at the bottom left of the certificate. What was scanned just now was not kept.</translation>
    </message>
    <message id="fault.code.unknown.title">
        <source></source>
        <translation>This certificate was not found</translation>
    </message>
    <message id="fault.code.unknown.do">
        <source></source>
        <translation>The code was read, but there is no record of this certificate. That does not have to mean that it is false.</translation>
    </message>
    <message id="fault.camera.absent.title">
        <source></source>
        <translation>The camera is not available</translation>
    </message>
    <message id="fault.camera.absent.do">
        <source></source>
        <translation>It goes on by itself once it is back. Please tell the hall staff.</translation>
    </message>
    <message id="fault.camera.no_picture.title">
        <source></source>
        <translation>The picture did not come out clearly</translation>
    </message>
    <message id="fault.camera.no_picture.do">
        <source></source>
        <translation>Please follow the hints on the screen and try once more.</translation>
    </message>
    <message id="fault.printer.absent.title">
        <source></source>
        <translation>The printer is not available</translation>
    </message>
    <message id="fault.printer.absent.do">
        <source></source>
        <translation>It goes on by itself once it is back. Please tell the hall staff.</translation>
    </message>
    <message id="fault.printer.asleep.title">
        <source></source>
        <translation>The printer is waking up</translation>
    </message>
    <message id="fault.printer.asleep.do">
        <source></source>
        <translation>One moment please. It prints by itself once it is ready.</translation>
    </message>
    <message id="fault.printer.busy.title">
        <source></source>
        <translation>The printer is busy with another job</translation>
    </message>
    <message id="fault.printer.busy.do">
        <source></source>
        <translation>One moment please. It prints by itself once the other job is done.</translation>
    </message>
    <message id="fault.printer.media_empty.title">
        <source></source>
        <translation>The printer is out of paper</translation>
    </message>
    <message id="fault.printer.media_empty.do">
        <source></source>
        <translation>Please tell the hall staff. It prints by itself once there is paper.</translation>
    </message>
    <message id="fault.printer.media_jam.title">
        <source></source>
        <translation>Paper is jammed in the printer</translation>
    </message>
    <message id="fault.printer.media_jam.do">
        <source></source>
        <translation>Please tell the hall staff and do not open the machine.</translation>
    </message>
    <message id="fault.printer.cover_open.title">
        <source></source>
        <translation>The printer's cover is open</translation>
    </message>
    <message id="fault.printer.cover_open.do">
        <source></source>
        <translation>Please tell the hall staff.</translation>
    </message>
    <message id="fault.printer.output_full.title">
        <source></source>
        <translation>The paper slot is full</translation>
    </message>
    <message id="fault.printer.output_full.do">
        <source></source>
        <translation>Please take the paper out; printing goes on by itself.</translation>
    </message>
    <message id="fault.printer.toner_empty.title">
        <source></source>
        <translation>The printer is out of toner</translation>
    </message>
    <message id="fault.printer.toner_empty.do">
        <source></source>
        <translation>Please tell the hall staff.</translation>
    </message>
    <message id="fault.print.cancelled.title">
        <source></source>
        <translation>The print was cancelled</translation>
    </message>
    <message id="fault.print.cancelled.do">
        <source></source>
        <translation>Nothing came out.</translation>
    </message>
    <message id="fault.print.timed_out.title">
        <source></source>
        <translation>The printer did not come back in time</translation>
    </message>
    <message id="fault.print.timed_out.do">
        <source></source>
        <translation>Nothing was printed. Please go to a counter with your receipt number.</translation>
    </message>
    <message id="fault.print.unknown.title">
        <source></source>
        <translation>We cannot tell whether it printed</translation>
    </message>
    <message id="fault.print.unknown.do">
        <source></source>
        <translation>Please look at the paper slot.</translation>
    </message>
    <message id="fault.print.interrupted.title">
        <source></source>
        <translation>The print was interrupted</translation>
    </message>
    <message id="fault.print.interrupted.do">
        <source></source>
        <translation>This machine was restarted; nothing was printed.</translation>
    </message>
    <message id="fault.central.unreachable.title">
        <source></source>
        <translation>The office cannot be reached</translation>
    </message>
    <message id="fault.central.unreachable.do">
        <source></source>
        <translation>This machine has no connection at the moment. Try again shortly, or go to a counter.</translation>
    </message>
    <message id="fault.central.refused.title">
        <source></source>
        <translation>This search is out of service</translation>
    </message>
    <message id="fault.central.refused.do">
        <source></source>
        <translation>The office's system did not answer properly. Please go to a counter.</translation>
    </message>
    <message id="fault.lookup.no_record.title">
        <source></source>
        <translation>No record was found</translation>
    </message>
    <message id="fault.lookup.no_record.do">
        <source></source>
        <translation>The office holds no record in your name. Please ask at a counter if you think it should.</translation>
    </message>
    <message id="fault.lookup.not_eligible.title">
        <source></source>
        <translation>This certificate cannot be printed now</translation>
    </message>
    <message id="fault.lookup.not_eligible.do">
        <source></source>
        <translation>Please go to a counter.</translation>
    </message>
    <message id="fault.lookup.expired.title">
        <source></source>
        <translation>The answer is out of date</translation>
    </message>
    <message id="fault.lookup.expired.do">
        <source></source>
        <translation>To be sure it is right, please look it up again.</translation>
    </message>
    <message id="fault.storage.full.title">
        <source></source>
        <translation>This machine cannot take requests now</translation>
    </message>
    <message id="fault.storage.full.do">
        <source></source>
        <translation>It cannot store your request safely. Please use another machine or a counter.</translation>
    </message>
    <message id="fault.terminal.out_of_service.title">
        <source></source>
        <translation>This machine is out of service</translation>
    </message>
    <message id="fault.terminal.out_of_service.do">
        <source></source>
        <translation>Please use another machine or go to a counter.</translation>
    </message>
    <message id="fault.agent.bug.title">
        <source></source>
        <translation>Something went wrong</translation>
    </message>
    <message id="fault.agent.bug.do">
        <source></source>
        <translation>This machine could not finish the step. Try again, or go to a counter.</translation>
    </message>
    <message id="fault.devices.restarting.title">
        <source></source>
        <translation>The devices are starting again</translation>
    </message>
    <message id="fault.devices.restarting.do">
        <source></source>
        <translation>One moment please. It goes on by itself.</translation>
    </message>
    <message id="fault.door.open.title">
        <source></source>
        <translation>A door of this machine is open</translation>
    </message>
    <message id="fault.door.open.do">
        <source></source>
        <translation>Please tell the hall staff.</translation>
    </message>
    <message id="fault.ups.on_battery.title">
        <source></source>
        <translation>This machine is running on its battery</translation>
    </message>
    <message id="fault.ups.on_battery.do">
        <source></source>
        <translation>The power has failed. Please finish soon, or go to a counter.</translation>
    </message>
    <message id="fault.ups.battery_low.title">
        <source></source>
        <translation>The battery of this machine is almost empty</translation>
    </message>
    <message id="fault.ups.battery_low.do">
        <source></source>
        <translation>Please take your card and papers and go to a counter.</translation>
    </message>
    <message id="fault.visit.interrupted.title">
        <source></source>
        <translation>This machine has just restarted</translation>
    </message>
    <message id="fault.visit.interrupted.do">
        <source></source>
        <translation>We are sorry that your visit was interrupted.</translation>
    </message>
    <message id="fault.reader.absent.short">
        <source></source>
        <translation>Card reader not available</translation>
    </message>
    <message id="fault.scanner.absent.short">
        <source></source>
        <translation>The scanner is not available</translation>
    </message>
    <message id="fault.chip.absent.short">
        <source></source>
        <translation>Card slot not available</translation>
    </message>
    <message id="fault.camera.absent.short">
        <source></source>
        <translation>Camera not available</translation>
    </message>
    <message id="fault.printer.absent.short">
        <source></source>
        <translation>Printer not available</translation>
    </message>
    <message id="fault.printer.asleep.short">
        <source></source>
        <translation>Printer waking up, one moment please</translation>
    </message>
    <message id="fault.printer.busy.short">
        <source></source>
        <translation>Printer busy, one moment please</translation>
    </message>
    <message id="fault.printer.media_empty.short">
        <source></source>
        <translation>Printer out of paper, please tell the staff</translation>
    </message>
    <message id="fault.printer.media_jam.short">
        <source></source>
        <translation>Paper jam, please tell the staff</translation>
    </message>
    <message id="fault.printer.cover_open.short">
        <source></source>
        <translation>Printer cover open</translation>
    </message>
    <message id="fault.printer.output_full.short">
        <source></source>
        <translation>Paper slot full, please empty it</translation>
    </message>
    <message id="fault.printer.toner_empty.short">
        <source></source>
        <translation>Printer out of toner, please tell the staff</translation>
    </message>
    <message id="fault.agent.bug.short">
        <source></source>
        <translation>Not available</translation>
    </message>
    <message id="fault.devices.restarting.short">
        <source></source>
        <translation>Devices starting again, one moment please</translation>
    </message>
    <message id="fault.door.open.short">
        <source></source>
        <translation>A door is open, please tell the staff</translation>
    </message>
    <message id="fault.ups.on_battery.short">
        <source></source>
        <translation>Power failure, on battery</translation>
    </message>
    <message id="fault.ups.battery_low.short">
        <source></source>
        <translation>Battery almost empty</translation>
    </message>
</context>
</TS>
