<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="zh_CN">
<context>
    <name></name>
    <message id="button.back">
        <source></source>
        <translation>返回</translation>
    </message>
    <message id="button.leave">
        <source></source>
        <translation>结束</translation>
    </message>
    <message id="button.more">
        <source></source>
        <translation>继续办理</translation>
    </message>
    <message id="button.other">
        <source></source>
        <translation>办理其他</translation>
    </message>
    <message id="button.again">
        <source></source>
        <translation>再试一次</translation>
    </message>
    <message id="button.print_again">
        <source></source>
        <translation>重新打印</translation>
    </message>
    <message id="button.done">
        <source></source>
        <translation>完成</translation>
    </message>
    <message id="button.understood">
        <source></source>
        <translation>知道了</translation>
    </message>
    <message id="header.large">
        <source></source>
        <translation>大字</translation>
    </message>
    <message id="header.contrast">
        <source></source>
        <translation>高对比</translation>
    </message>
    <message id="header.low">
        <source></source>
        <translation>低位</translation>
    </message>
    <message id="offline">
        <source></source>
        <translation>网络暂时不通：查询暂停，已确认的业务会自动补送</translation>
    </message>
    <message id="stepper.where">
        <source></source>
        <translation>第 %1 步，共 %2 步：%3</translation>
    </message>
    <message id="step.notice">
        <source></source>
        <translation>告知</translation>
    </message>
    <message id="step.identify">
        <source></source>
        <translation>刷身份证</translation>
    </message>
    <message id="step.scan">
        <source></source>
        <translation>扫码</translation>
    </message>
    <message id="step.review">
        <source></source>
        <translation>核对信息</translation>
    </message>
    <message id="step.result">
        <source></source>
        <translation>查看结果</translation>
    </message>
    <message id="step.commit">
        <source></source>
        <translation>提交</translation>
    </message>
    <message id="step.print">
        <source></source>
        <translation>打印</translation>
    </message>
    <message id="idle.what">
        <source></source>
        <translation>查询、打印，刷身份证即可办理</translation>
    </message>
    <message id="idle.preparing">
        <source></source>
        <translation>正在准备，请稍等</translation>
    </message>
    <message id="idle.card_left">
        <source></source>
        <translation>读卡区有一张身份证</translation>
    </message>
    <message id="idle.card_left.do">
        <source></source>
        <translation>如果不是您的，请交给大厅咨询台。</translation>
    </message>
    <message id="home.title">
        <source></source>
        <translation>您要办什么？</translation>
    </message>
    <message id="home.lead">
        <source></source>
        <translation>点选事项，或用拼音首字母查找。</translation>
    </message>
    <message id="tile.needs">
        <source></source>
        <translation>身份证 · 约 %1 分钟 · %2 页</translation>
    </message>
    <message id="tile.needs.one">
        <source></source>
        <translation>身份证 · 约 %1 分钟 · %2 页</translation>
    </message>
    <message id="tile.needs.code">
        <source></source>
        <translation>证明 · 约 %1 分钟</translation>
    </message>
    <message id="tile.needs.time">
        <source></source>
        <translation>约 %1 分钟</translation>
    </message>
    <message id="search.field">
        <source></source>
        <translation>按拼音首字母查找，如 CBZM</translation>
    </message>
    <message id="search.title">
        <source></source>
        <translation>查找事项</translation>
    </message>
    <message id="search.lead">
        <source></source>
        <translation>点字母，如“参保证明”就点 C B Z M。</translation>
    </message>
    <message id="search.close">
        <source></source>
        <translation>关闭查找</translation>
    </message>
    <message id="search.erase">
        <source></source>
        <translation>删除</translation>
    </message>
    <message id="search.nothing">
        <source></source>
        <translation>没有找到“%1”</translation>
    </message>
    <message id="search.nothing.do">
        <source></source>
        <translation>请换几个字母，或问%1，电话 %2。</translation>
    </message>
    <message id="scroll.more">
        <source></source>
        <translation>下面还有</translation>
    </message>
    <message id="consent.lead">
        <source></source>
        <translation>开始前请看一下：本机会读取什么，用来做什么。</translation>
    </message>
    <message id="consent.reads">
        <source></source>
        <translation>将要读取</translation>
    </message>
    <message id="consent.purpose">
        <source></source>
        <translation>用途</translation>
    </message>
    <message id="consent.keeps">
        <source></source>
        <translation>保存</translation>
    </message>
    <message id="consent.result">
        <source></source>
        <translation>结果</translation>
    </message>
    <message id="consent.agree">
        <source></source>
        <translation>同意，继续</translation>
    </message>
    <message id="card.title">
        <source></source>
        <translation>请放身份证</translation>
    </message>
    <message id="card.lead">
        <source></source>
        <translation>把身份证平放在亮灯处，停留 2 秒。</translation>
    </message>
    <message id="card.title.reading">
        <source></source>
        <translation>正在读取身份证</translation>
    </message>
    <message id="card.lead.reading">
        <source></source>
        <translation>请不要移动身份证。</translation>
    </message>
    <message id="card.title.broken">
        <source></source>
        <translation>读卡器暂时不可用</translation>
    </message>
    <message id="card.state.waiting">
        <source></source>
        <translation>等待放卡…</translation>
    </message>
    <message id="card.state.again">
        <source></source>
        <translation>等待您重新放卡…</translation>
    </message>
    <message id="card.state.reading">
        <source></source>
        <translation>正在读取，约 1 秒…</translation>
    </message>
    <message id="card.state.broken">
        <source></source>
        <translation>正在等待读卡器恢复…</translation>
    </message>
    <message id="scan.title.broken">
        <source></source>
        <translation>扫码器暂时不可用</translation>
    </message>
    <message id="scan.lead.broken">
        <source></source>
        <translation>恢复后会自动继续，请不要离开太久。</translation>
    </message>
    <message id="scan.state.waiting">
        <source></source>
        <translation>等待扫码…</translation>
    </message>
    <message id="scan.state.broken">
        <source></source>
        <translation>正在等待扫码器恢复…</translation>
    </message>
    <message id="asking.title">
        <source></source>
        <translation>正在查询</translation>
    </message>
    <message id="asking.who">
        <source></source>
        <translation>已读取身份证</translation>
    </message>
    <message id="committing.title">
        <source></source>
        <translation>正在保存</translation>
    </message>
    <message id="committing.lead">
        <source></source>
        <translation>正在把您的办理记录写入本机，请不要离开。</translation>
    </message>
    <message id="review.title">
        <source></source>
        <translation>请核对您的信息</translation>
    </message>
    <message id="review.lead">
        <source></source>
        <translation>没有问题就打印；有疑问请找工作人员。</translation>
    </message>
    <message id="review.confirm">
        <source></source>
        <translation>打印证明</translation>
    </message>
    <message id="review.rescan">
        <source></source>
        <translation>再核验一份</translation>
    </message>
    <message id="review.as_of">
        <source></source>
        <translation>数据取自登记部门，查询日期 %1。</translation>
    </message>
    <message id="review.blocked.do">
        <source></source>
        <translation>恢复后可直接打印。您也可以去：%1。</translation>
    </message>
    <message id="print.title">
        <source></source>
        <translation>正在打印</translation>
    </message>
    <message id="print.lead">
        <source></source>
        <translation>请在出纸口等候，不要离开。</translation>
    </message>
    <message id="print.silent">
        <source></source>
        <translation>打印机没有回应，正在确认；请先不要离开。</translation>
    </message>
    <message id="print.give_up">
        <source></source>
        <translation>不等了，结束</translation>
    </message>
    <message id="print.kept">
        <source></source>
        <translation>您的办理记录已经保存</translation>
    </message>
    <message id="print.kept.do">
        <source></source>
        <translation>您可以在这里等，也可以凭回执号到%1，电话 %2。</translation>
    </message>
    <message id="print.step.saved">
        <source></source>
        <translation>办理记录已保存</translation>
    </message>
    <message id="print.step.drawn">
        <source></source>
        <translation>证明已生成</translation>
    </message>
    <message id="print.step.printing">
        <source></source>
        <translation>正在送往打印机…</translation>
    </message>
    <message id="print.step.held">
        <source></source>
        <translation>打印暂停，正在等待</translation>
    </message>
    <message id="receipt.label">
        <source></source>
        <translation>回执号</translation>
    </message>
    <message id="done.title.sent">
        <source></source>
        <translation>办好了</translation>
    </message>
    <message id="done.title.failed">
        <source></source>
        <translation>没有打印</translation>
    </message>
    <message id="done.title.unknown">
        <source></source>
        <translation>不能确定是否已打印</translation>
    </message>
    <message id="done.title.none">
        <source></source>
        <translation>已提交</translation>
    </message>
    <message id="done.lead.sent">
        <source></source>
        <translation>请取走您的证明，并拿好身份证。</translation>
    </message>
    <message id="done.lead.failed">
        <source></source>
        <translation>证明没有打印出来。</translation>
    </message>
    <message id="done.lead.unknown">
        <source></source>
        <translation>打印机中途断开，请看一下出纸口。</translation>
    </message>
    <message id="done.lead.none">
        <source></source>
        <translation>您的办理记录已保存。</translation>
    </message>
    <message id="done.banner.sent">
        <source></source>
        <translation>证明已打印</translation>
    </message>
    <message id="done.banner.sent.do">
        <source></source>
        <translation>扫描证明上的二维码，可以核对真伪。</translation>
    </message>
    <message id="done.banner.failed">
        <source></source>
        <translation>办理记录已保存，但没有打印</translation>
    </message>
    <message id="done.banner.again.do">
        <source></source>
        <translation>打印机可以用了，您可以重新打印。仍打不出时，请凭回执号到%1，电话 %2。</translation>
    </message>
    <message id="done.banner.failed.do">
        <source></source>
        <translation>请凭回执号到%1，电话 %2；也可以稍后重新办理。</translation>
    </message>
    <message id="done.banner.unknown">
        <source></source>
        <translation>请查看出纸口</translation>
    </message>
    <message id="done.banner.unknown.do">
        <source></source>
        <translation>有证明就可以取走；没有的话，请凭回执号到%1，电话 %2。为避免重复，本机不会自动重印。</translation>
    </message>
    <message id="done.banner.none">
        <source></source>
        <translation>已保存</translation>
    </message>
    <message id="done.banner.none.do">
        <source></source>
        <translation>请记下回执号。</translation>
    </message>
    <message id="done.delivered">
        <source></source>
        <translation>已送达办理部门。</translation>
    </message>
    <message id="done.kept_here">
        <source></source>
        <translation>已保存在本机，正在送往办理部门；断网时会自动补送。</translation>
    </message>
    <message id="rating.ask">
        <source></source>
        <translation>这次服务您满意吗？</translation>
    </message>
    <message id="rating.thanks">
        <source></source>
        <translation>谢谢您的评价</translation>
    </message>
    <message id="rating.free">
        <source></source>
        <translation>自愿评价，不评也可以。</translation>
    </message>
    <message id="grade.1">
        <source></source>
        <translation>非常满意</translation>
    </message>
    <message id="grade.2">
        <source></source>
        <translation>满意</translation>
    </message>
    <message id="grade.3">
        <source></source>
        <translation>基本满意</translation>
    </message>
    <message id="grade.4">
        <source></source>
        <translation>不满意</translation>
    </message>
    <message id="grade.5">
        <source></source>
        <translation>非常不满意</translation>
    </message>
    <message id="trouble.nothing_submitted">
        <source></source>
        <translation>没有提交，也没有打印任何内容。</translation>
    </message>
    <message id="trouble.sent">
        <source></source>
        <translation>请查看出纸口，取走您的证明。</translation>
    </message>
    <message id="trouble.meanings">
        <source></source>
        <translation>可能的原因和办法</translation>
    </message>
    <message id="help.who">
        <source></source>
        <translation>需要帮助</translation>
    </message>
    <message id="help.where">
        <source></source>
        <translation>%1 · 电话 %2</translation>
    </message>
    <message id="warning.title">
        <source></source>
        <translation>您还在吗？</translation>
    </message>
    <message id="warning.text">
        <source></source>
        <translation>时间到了会自动结束，并清除您的信息。</translation>
    </message>
    <message id="warning.printing">
        <source></source>
        <translation>时间到了会自动结束，还没开始的打印会取消；办理记录仍然保存。</translation>
    </message>
    <message id="warning.stay">
        <source></source>
        <translation>我还在，继续</translation>
    </message>
    <message id="warning.leave">
        <source></source>
        <translation>结束并清除</translation>
    </message>
    <message id="leaving.take_card">
        <source></source>
        <translation>请拿走您的身份证</translation>
    </message>
    <message id="leaving.take_card.do">
        <source></source>
        <translation>身份证还在读卡区。</translation>
    </message>
    <message id="leaving.goodbye">
        <source></source>
        <translation>再见</translation>
    </message>
    <message id="leaving.wiped">
        <source></source>
        <translation>您的信息已从屏幕清除。请拿好随身物品和文件。</translation>
    </message>
    <message id="fault.card.lifted.title">
        <source></source>
        <translation>身份证拿得太早了</translation>
    </message>
    <message id="fault.card.lifted.do">
        <source></source>
        <translation>请重新放好，等提示读完再拿走。</translation>
    </message>
    <message id="fault.card.unreadable.title">
        <source></source>
        <translation>没有读到身份证</translation>
    </message>
    <message id="fault.card.unreadable.do">
        <source></source>
        <translation>请把身份证平放在亮灯处，停留 2 秒；取下卡套再试。</translation>
    </message>
    <message id="fault.card.already_read.title">
        <source></source>
        <translation>请先拿起身份证</translation>
    </message>
    <message id="fault.card.already_read.do">
        <source></source>
        <translation>这张身份证刚读过，请拿起来再放一次。</translation>
    </message>
    <message id="fault.card.unsupported.title">
        <source></source>
        <translation>这种证件本机不能读取</translation>
    </message>
    <message id="fault.card.unsupported.do">
        <source></source>
        <translation>请换居民身份证，或到人工窗口办理。</translation>
    </message>
    <message id="fault.card.expired.title">
        <source></source>
        <translation>身份证已过有效期</translation>
    </message>
    <message id="fault.card.expired.do">
        <source></source>
        <translation>过期的身份证不能办理。请换有效的证件，或到人工窗口。</translation>
    </message>
    <message id="fault.card.not_yet_valid.title">
        <source></source>
        <translation>身份证还没到生效日期</translation>
    </message>
    <message id="fault.card.not_yet_valid.do">
        <source></source>
        <translation>请换有效的证件，或到人工窗口。</translation>
    </message>
    <message id="fault.card.inconsistent.title">
        <source></source>
        <translation>身份证上的信息对不上</translation>
    </message>
    <message id="fault.card.inconsistent.do">
        <source></source>
        <translation>请到人工窗口，由工作人员核对。</translation>
    </message>
    <message id="fault.card.unknown.title">
        <source></source>
        <translation>本机不认识这张卡</translation>
    </message>
    <message id="fault.card.unknown.do">
        <source></source>
        <translation>请换社会保障卡或居民身份证，或到人工窗口办理。</translation>
    </message>
    <message id="fault.card.wrong_way_round.title">
        <source></source>
        <translation>卡片可能放反了</translation>
    </message>
    <message id="fault.card.wrong_way_round.do">
        <source></source>
        <translation>请按插卡口旁的图示，把卡片调转方向再放一次。</translation>
    </message>
    <message id="fault.card.blocked.title">
        <source></source>
        <translation>这张卡已被锁定</translation>
    </message>
    <message id="fault.card.blocked.do">
        <source></source>
        <translation>请到发卡机构解锁，或到人工窗口办理。</translation>
    </message>
    <message id="fault.reader.absent.title">
        <source></source>
        <translation>读卡器暂时不可用</translation>
    </message>
    <message id="fault.reader.absent.do">
        <source></source>
        <translation>恢复后会自动继续；请告诉大厅工作人员。</translation>
    </message>
    <message id="fault.chip.absent.title">
        <source></source>
        <translation>插卡读卡器暂时不可用</translation>
    </message>
    <message id="fault.chip.absent.do">
        <source></source>
        <translation>恢复后会自动继续；请告诉大厅工作人员。</translation>
    </message>
    <message id="fault.scanner.absent.title">
        <source></source>
        <translation>扫码器暂时不可用</translation>
    </message>
    <message id="fault.scanner.absent.do">
        <source></source>
        <translation>恢复后会自动继续；请告诉大厅工作人员。</translation>
    </message>
    <message id="fault.code.unreadable.title">
        <source></source>
        <translation>没有读清二维码</translation>
    </message>
    <message id="fault.code.unreadable.do">
        <source></source>
        <translation>请把纸展平，二维码对准扫码窗，前后慢慢移动一下。</translation>
    </message>
    <message id="fault.code.not_ours.title">
        <source></source>
        <translation>这不是证明上的二维码</translation>
    </message>
    <message id="fault.code.not_ours.do">
        <source></source>
        <translation>请扫描证明左下角的二维码。刚才扫到的内容没有保存。</translation>
    </message>
    <message id="fault.code.unknown.title">
        <source></source>
        <translation>没有查到这份证明</translation>
    </message>
    <message id="fault.code.unknown.do">
        <source></source>
        <translation>二维码读到了，但没有这份证明的出具记录。这不一定说明它是假的。</translation>
    </message>
    <message id="fault.camera.absent.title">
        <source></source>
        <translation>摄像头暂时不可用</translation>
    </message>
    <message id="fault.camera.absent.do">
        <source></source>
        <translation>恢复后会自动继续；请告诉大厅工作人员。</translation>
    </message>
    <message id="fault.camera.no_picture.title">
        <source></source>
        <translation>这次没有拍清楚</translation>
    </message>
    <message id="fault.camera.no_picture.do">
        <source></source>
        <translation>请按屏幕上的提示，再拍一次。</translation>
    </message>
    <message id="fault.printer.absent.title">
        <source></source>
        <translation>打印机暂时不可用</translation>
    </message>
    <message id="fault.printer.absent.do">
        <source></source>
        <translation>恢复后会自动继续；请告诉大厅工作人员。</translation>
    </message>
    <message id="fault.printer.asleep.title">
        <source></source>
        <translation>打印机正在唤醒</translation>
    </message>
    <message id="fault.printer.asleep.do">
        <source></source>
        <translation>请稍候，准备好后会自动打印。</translation>
    </message>
    <message id="fault.printer.busy.title">
        <source></source>
        <translation>打印机正在处理其他任务</translation>
    </message>
    <message id="fault.printer.busy.do">
        <source></source>
        <translation>请稍候，完成后会自动打印。</translation>
    </message>
    <message id="fault.printer.media_empty.title">
        <source></source>
        <translation>打印机缺纸</translation>
    </message>
    <message id="fault.printer.media_empty.do">
        <source></source>
        <translation>请告诉大厅工作人员，加好纸后会自动打印。</translation>
    </message>
    <message id="fault.printer.media_jam.title">
        <source></source>
        <translation>打印机卡纸</translation>
    </message>
    <message id="fault.printer.media_jam.do">
        <source></source>
        <translation>请告诉大厅工作人员，不要自己打开机器。</translation>
    </message>
    <message id="fault.printer.cover_open.title">
        <source></source>
        <translation>打印机盖子没有关好</translation>
    </message>
    <message id="fault.printer.cover_open.do">
        <source></source>
        <translation>请告诉大厅工作人员。</translation>
    </message>
    <message id="fault.printer.output_full.title">
        <source></source>
        <translation>出纸口满了</translation>
    </message>
    <message id="fault.printer.output_full.do">
        <source></source>
        <translation>请取走出纸口的纸张，打印会自动继续。</translation>
    </message>
    <message id="fault.printer.toner_empty.title">
        <source></source>
        <translation>打印机没有墨粉了</translation>
    </message>
    <message id="fault.printer.toner_empty.do">
        <source></source>
        <translation>请告诉大厅工作人员。</translation>
    </message>
    <message id="fault.print.cancelled.title">
        <source></source>
        <translation>打印已取消</translation>
    </message>
    <message id="fault.print.cancelled.do">
        <source></source>
        <translation>没有打印任何纸张。</translation>
    </message>
    <message id="fault.print.timed_out.title">
        <source></source>
        <translation>打印机一直没有恢复</translation>
    </message>
    <message id="fault.print.timed_out.do">
        <source></source>
        <translation>没有打印，请凭回执号到人工窗口领取。</translation>
    </message>
    <message id="fault.print.unknown.title">
        <source></source>
        <translation>不能确定是否已打印</translation>
    </message>
    <message id="fault.print.unknown.do">
        <source></source>
        <translation>请查看出纸口。</translation>
    </message>
    <message id="fault.print.interrupted.title">
        <source></source>
        <translation>打印被中断</translation>
    </message>
    <message id="fault.print.interrupted.do">
        <source></source>
        <translation>本机刚才重新启动，没有打印。</translation>
    </message>
    <message id="fault.central.unreachable.title">
        <source></source>
        <translation>现在查询不了</translation>
    </message>
    <message id="fault.central.unreachable.do">
        <source></source>
        <translation>本机暂时连不上登记部门。请稍后再试，或到人工窗口。</translation>
    </message>
    <message id="fault.central.refused.title">
        <source></source>
        <translation>这项查询暂停服务</translation>
    </message>
    <message id="fault.central.refused.do">
        <source></source>
        <translation>登记部门的系统没有正常回答。请到人工窗口办理。</translation>
    </message>
    <message id="fault.lookup.no_record.title">
        <source></source>
        <translation>没有查到您的记录</translation>
    </message>
    <message id="fault.lookup.no_record.do">
        <source></source>
        <translation>登记部门没有您的记录。如有疑问，请到人工窗口核实。</translation>
    </message>
    <message id="fault.lookup.not_eligible.title">
        <source></source>
        <translation>现在不能打印这份证明</translation>
    </message>
    <message id="fault.lookup.not_eligible.do">
        <source></source>
        <translation>请到人工窗口办理。</translation>
    </message>
    <message id="fault.lookup.expired.title">
        <source></source>
        <translation>查询结果已过期</translation>
    </message>
    <message id="fault.lookup.expired.do">
        <source></source>
        <translation>为了准确，请重新查询一次。</translation>
    </message>
    <message id="fault.storage.full.title">
        <source></source>
        <translation>本机暂时不能受理</translation>
    </message>
    <message id="fault.storage.full.do">
        <source></source>
        <translation>本机无法安全保存您的办理记录。请使用旁边的终端或到人工窗口。</translation>
    </message>
    <message id="fault.terminal.out_of_service.title">
        <source></source>
        <translation>本机暂停服务</translation>
    </message>
    <message id="fault.terminal.out_of_service.do">
        <source></source>
        <translation>请使用旁边的终端，或到人工窗口办理。</translation>
    </message>
    <message id="fault.agent.bug.title">
        <source></source>
        <translation>出了点问题</translation>
    </message>
    <message id="fault.agent.bug.do">
        <source></source>
        <translation>本机没有完成这一步。请再试一次，或到人工窗口。</translation>
    </message>
    <message id="fault.devices.restarting.title">
        <source></source>
        <translation>设备正在重新启动</translation>
    </message>
    <message id="fault.devices.restarting.do">
        <source></source>
        <translation>请稍候，好了会自动继续。</translation>
    </message>
    <message id="fault.door.open.title">
        <source></source>
        <translation>本机的柜门没有关好</translation>
    </message>
    <message id="fault.door.open.do">
        <source></source>
        <translation>请告诉大厅工作人员。</translation>
    </message>
    <message id="fault.ups.on_battery.title">
        <source></source>
        <translation>本机正在使用备用电源</translation>
    </message>
    <message id="fault.ups.on_battery.do">
        <source></source>
        <translation>停电了，请尽快办完，或到人工窗口办理。</translation>
    </message>
    <message id="fault.ups.battery_low.title">
        <source></source>
        <translation>备用电源即将用完</translation>
    </message>
    <message id="fault.ups.battery_low.do">
        <source></source>
        <translation>请拿好证件和文件，到人工窗口办理。</translation>
    </message>
    <message id="fault.visit.interrupted.title">
        <source></source>
        <translation>本机刚才重新启动了</translation>
    </message>
    <message id="fault.visit.interrupted.do">
        <source></source>
        <translation>很抱歉打断了您的办理。</translation>
    </message>
    <message id="fault.reader.absent.short">
        <source></source>
        <translation>读卡器暂时不可用</translation>
    </message>
    <message id="fault.scanner.absent.short">
        <source></source>
        <translation>扫码器暂时不可用</translation>
    </message>
    <message id="fault.chip.absent.short">
        <source></source>
        <translation>插卡读卡器暂时不可用</translation>
    </message>
    <message id="fault.camera.absent.short">
        <source></source>
        <translation>摄像头暂时不可用</translation>
    </message>
    <message id="fault.printer.absent.short">
        <source></source>
        <translation>打印机暂时不可用</translation>
    </message>
    <message id="fault.printer.asleep.short">
        <source></source>
        <translation>打印机正在唤醒，请稍候</translation>
    </message>
    <message id="fault.printer.busy.short">
        <source></source>
        <translation>打印机正在处理其他任务，请稍候</translation>
    </message>
    <message id="fault.printer.media_empty.short">
        <source></source>
        <translation>打印机缺纸，请告诉工作人员</translation>
    </message>
    <message id="fault.printer.media_jam.short">
        <source></source>
        <translation>打印机卡纸，请告诉工作人员</translation>
    </message>
    <message id="fault.printer.cover_open.short">
        <source></source>
        <translation>打印机盖子没有关好</translation>
    </message>
    <message id="fault.printer.output_full.short">
        <source></source>
        <translation>出纸口满了，请取走纸张</translation>
    </message>
    <message id="fault.printer.toner_empty.short">
        <source></source>
        <translation>打印机没有墨粉，请告诉工作人员</translation>
    </message>
    <message id="fault.agent.bug.short">
        <source></source>
        <translation>暂时不可用</translation>
    </message>
    <message id="fault.devices.restarting.short">
        <source></source>
        <translation>设备正在重新启动，请稍候</translation>
    </message>
    <message id="fault.door.open.short">
        <source></source>
        <translation>柜门没有关好，请告诉工作人员</translation>
    </message>
    <message id="fault.ups.on_battery.short">
        <source></source>
        <translation>停电，正在使用备用电源</translation>
    </message>
    <message id="fault.ups.battery_low.short">
        <source></source>
        <translation>备用电源即将用完</translation>
    </message>
</context>
</TS>
